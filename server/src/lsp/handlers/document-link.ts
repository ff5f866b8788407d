import type { DocumentLink } from 'vscode-languageserver/node';
import { type ImageUse, referenceUrl, type Span } from '../../engine/index.ts';
import { toRange } from '../protocol/convert.ts';
import { guarded } from '../protocol/guard.ts';
import type { Session } from '../session.ts';

/** Links from image references to the pages that describe them. Nobody is asked whether a page exists. */
export function serveDocumentLinks(session: Session): void {
  session.connection.onDocumentLinks(({ textDocument: { uri } }) =>
    guarded(
      session.ports.log,
      'textDocument/documentLink',
      () => [],
      async (): Promise<DocumentLink[]> => {
        const reading = await session.analyses.current(uri);
        if (!reading) return [];
        const { images, source } = reading.analysis;
        return images.flatMap((use) => {
          const target = pageOf(use);
          return target === null ? [] : { range: toRange(source, nameSpan(use)), target };
        });
      },
    ),
  );
}

/** What a build makes may never be published: it gets no link. */
const pageOf = ({ mutability, reading, role }: ImageUse): string | null =>
  reading.state === 'parsed' && role !== 'build-output' && mutability !== 'none'
    ? referenceUrl(reading.reference)
    : null;

/** The name without tag and digest, where it is written out in one place. */
function nameSpan({ reading, resolved, site }: ImageUse): Span {
  const { span, value, verbatim } = site;
  if (reading.state !== 'parsed' || verbatim === null || value !== resolved) return span;
  const { name } = reading.reference.spans;
  return { start: verbatim.start + name.start, end: verbatim.start + name.end };
}
