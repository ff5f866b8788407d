import { MessageType } from 'vscode-languageserver/node';
import {
  fullName,
  type ImageName,
  type ImageUse,
  type Inspection,
  type LookupOptions,
} from '../../engine/index.ts';
import { type DocumentPlace, imageAt, pulledImage } from '../handlers/image-hover.ts';
import { toOffset } from '../protocol/convert.ts';
import { show } from '../protocol/messages.ts';
import type { Looked } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import type { Reading } from '../workspace/analyses.ts';

/** An image that stands somewhere in a document. */
export interface PlacedImage {
  readonly reading: Reading;
  readonly use: ImageUse;
  /** What to ask about. */
  readonly image: ImageName;
}

/** The image at a place; a sentence where there is none. */
export async function findImage(
  { analyses }: Session,
  { position, uri }: DocumentPlace,
): Promise<PlacedImage | string> {
  const reading = await analyses.current(uri);
  if (!reading)
    return 'The file is not open, or the configuration ignores it, so there is no image to look into.';
  const use = imageAt(reading.analysis, toOffset(reading.analysis.source, position))?.use;
  if (!use) return 'There is no image at the cursor. Put it on the name of an image, then try again.';
  const image = pulledImage(use);
  if (image) return { reading, use, image };
  return use.role === 'build-output'
    ? `${use.resolved} is the name that a build gives its result, so there is no image to look into.`
    : `This file does not tell which image ${use.resolved} stands for, so there is none to look into.`;
}

/** Looks into an image, anew where it is known already. Hovers tell what was found. */
export async function inspectImage(
  session: Session,
  placed: PlacedImage,
  signal: AbortSignal,
): Promise<Looked> {
  const { client, connection, ports, trust } = session;
  const refused = await trust.refusal();
  if (refused !== null) return failed(session, refused);
  const { image, reading, use } = placed;
  const { registries } = reading.analysis.settings;
  const found = await lookInto(session, placed, { registries, signal, since: ports.clock.now() });
  if (signal.aborted) return { found: false, message: 'Cancelled.' };
  if (!found.ok) {
    ports.log.warn(`${fullName(image)} was not looked into. ${found.message}`);
    return failed(session, found.message);
  }
  const message = [`A hover on ${use.resolved} tells what ${image.registry} said.`, found.notice]
    .filter((part) => part !== undefined)
    .join(' ');
  // Who chose it in a hover gets to see another one.
  if (found.notice !== undefined || !client.hoverCommands) {
    show(connection, found.notice === undefined ? MessageType.Info : MessageType.Warning, message);
  }
  return { found: true, message };
}

/** Of a pin, what its tag names is told too, and of a pin that is no index, whether it is a part of one. */
async function lookInto(
  { ports, trust: { registry } }: Session,
  { image, use }: PlacedImage,
  options: LookupOptions,
): Promise<Inspection> {
  const inside = await registry.inspect(image, options);
  const { digest, tag } = use.reading.state === 'parsed' ? use.reading.reference : {};
  if (!inside.ok || digest === undefined || tag === undefined) return inside;
  const tagged = { ...image, version: tag };
  const today = await registry.resolve(tagged, options);
  const whole =
    today.ok && today.digest !== digest && inside.platforms === null
      ? await registry.inspect(tagged, options)
      : today;
  if (!whole.ok) ports.log.warn(`${fullName(tagged)} was not looked into. ${whole.message}`);
  return inside;
}

function failed({ connection }: Session, message: string): Looked {
  show(connection, MessageType.Error, message);
  return { found: false, message };
}
