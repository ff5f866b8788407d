import { createHash } from 'node:crypto';
import type { ImageConfig, ImagePlatform } from '../../../engine/ports.ts';
import type { Contents } from '../../client/inspect.ts';
import { isDigest } from '../../protocol/digest.ts';
import { isRepository, isTag } from '../../protocol/endpoint.ts';
import { maxVolumes } from '../../protocol/image-config.ts';
import { asObject, type JsonObject, parseObject } from '../../protocol/json.ts';
import type { StoredAnswer } from './store.ts';

/** Bytes of a line, with its checksum and the line ends around it. What would take more is not kept. */
export const maxLine = 32 * 1024;

/** Hexadecimal digits of SHA-256 that stand before the text. */
export const checksumLength = 16;

const blank = 0x20;

/**
 * `checksum text`, with a line end on either side: what a crash or a full disk has left of the line before spoils that line alone.
 * Undefined for what would not be taken back from the file: it is too long, holds a user name, or is no answer a registry can have given.
 */
export function toLine(answer: StoredAnswer): Buffer | undefined {
  const text = Buffer.from(textOfAnswer(answer));
  const line = Buffer.concat([Buffer.from(`\n${checksumOf(text)} `), text, Buffer.from('\n')]);
  return line.length <= maxLine && answerIn(text)?.key === answer.key ? line : undefined;
}

/** `line` is without line ends. Undefined for one that is not exactly as it was written. */
export function fromLine(line: Uint8Array): StoredAnswer | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  if (bytes.length <= checksumLength || bytes.length > maxLine) return undefined;
  const text = bytes.subarray(checksumLength + 1);
  const isWhole =
    bytes[checksumLength] === blank && bytes.toString('latin1', 0, checksumLength) === checksumOf(text);
  return isWhole ? answerIn(text) : undefined;
}

const checksumOf = (text: Uint8Array): string =>
  createHash('sha256').update(text).digest('hex').slice(0, checksumLength);

function textOfAnswer(answer: StoredAnswer): string {
  const head = `{"at":${JSON.stringify(answer.at)},"image":${answer.key}`;
  if (answer.kind === 'gone') return `${head},"digest":null}`;
  if (answer.kind === 'contents') return `${head},"contents":${JSON.stringify(answer.contents)}}`;
  return `${head},"digest":${JSON.stringify(answer.digest)},"type":${JSON.stringify(answer.mediaType)}}`;
}

function answerIn(text: Buffer): StoredAnswer | undefined {
  const { at, contents, digest, image, type } = parseObject(text.toString()) ?? {};
  const version = versionIn(image);
  if (version === undefined || typeof at !== 'number' || !Number.isFinite(at) || at < 0) return undefined;
  const key = JSON.stringify(image);
  if (digest === null) return { kind: 'gone', key, at };
  if (contents !== undefined) {
    return isDigest(version) && isContents(contents) ? { kind: 'contents', key, at, contents } : undefined;
  }
  if (typeof digest !== 'string' || !isDigest(digest) || typeof type !== 'string' || !mediaType.test(type)) {
    return undefined;
  }
  if (isDigest(version) && version !== digest) return undefined;
  return { kind: 'found', key, at, digest, mediaType: type };
}

const mediaType = /^application\/[\w.+-]{1,100}$/;

/** Neither lets a user name or password in. */
const registryName = /^[^\s@/?#]{1,300}$/;
const originUrl = /^https?:\/\/[^\s@/?#]{1,300}(\/[^\s@?#]{0,300})?$/;

/** The tag or digest of an image at the place it was asked for; undefined for what is no such key. */
function versionIn(image: unknown): string | undefined {
  if (!isList(image, isText)) return undefined;
  const [registry = '', repository = '', version = '', ...origins] = image;
  const isAskable = isRepository(repository) && (isDigest(version) || isTag(version));
  const hasPlace = origins.length > 0 && origins.length <= 4 && origins.every((one) => originUrl.test(one));
  return registryName.test(registry) && isAskable && hasPlace ? version : undefined;
}

function isContents(value: unknown): value is Contents {
  const { config, platforms } = asObject(value) ?? {};
  return (platforms === null || isList(platforms, isPlatform)) && (config === null || isConfig(config));
}

function isPlatform(value: unknown): value is ImagePlatform {
  const { digest, platform } = asObject(value) ?? {};
  return isText(platform) && isText(digest) && isDigest(digest);
}

function isConfig(value: unknown): value is ImageConfig {
  const { base, created, labels, platform, size, volumes } = asObject(value) ?? {};
  const texts = asObject(labels);
  return (
    isTextOrNull(platform) &&
    isNumberOrNull(created) &&
    isNumberOrNull(size) &&
    isList(volumes, isText) &&
    volumes.length <= maxVolumes &&
    texts !== undefined &&
    Object.values(texts).every(isText) &&
    (base === null || isBase(asObject(base)))
  );
}

function isBase(base: JsonObject | undefined): boolean {
  const { digest, name } = base ?? {};
  return isTextOrNull(name) && (digest === null || (isText(digest) && isDigest(digest)));
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}
