import type { SourceFile } from '../kind.ts';

/** `Dockerfile`, `Containerfile.dev`, `app.Dockerfile`, `Dockerfile-alpine.template`, in any case. */
const dockerfileName = /(?:^|\.)(?:dockerfile|containerfile)(?:[._-].+)?$/i;

/** Extensions that say what a file is: `dockerfile.go` is Go code, `Dockerfile.md` a text about one. */
const otherLanguages: ReadonlySet<string> = new Set(
  (
    'adoc asc bash bat bmp bz2 c cc cfg class cmd conf containerignore cpp cs css csv diff dll dockerignore exe ' +
    'fish gif gitignore go gz h hcl hpp htm html ini ipynb java jpeg jpg js json jsonc jsx kt kts less lock log ' +
    'lua m map markdown md mdx mjs mts o patch pdf php pl png properties ps1 psd1 psm1 py pyc rb rej rs rst sass ' +
    'scala scss sh sig snap so sql sum svelte svg swift swp tar tf tgz toml ts tsx vim vue xml xz yaml yml zip zsh'
  ).split(' '),
);

const templateExtensions: ReadonlySet<string> = new Set(
  'ejs erb gotmpl handlebars hbs in j2 jinja jinja2 liquid m4 mako mustache template tmpl tpl'.split(' '),
);

const languageIds: ReadonlySet<string> = new Set(['dockerfile', 'containerfile']);

/** Nothing but a Dockerfile begins with one of these in capitals. */
const dockerfileStart = /^\uFEFF?(?:[^\S\n]*(?:#[^\n]*)?\n)*[^\S\n]*(?:FROM|ARG)\s/;

/**
 * By name or language id. A file that goes by another language's extension (editors take `Dockerfile.*` for Dockerfiles,
 * `Dockerfile.md` and all) is one only if it begins like one: `Dockerfile.php` may well build a PHP image.
 */
export function claimsDockerfile({ languageId, name, text }: SourceFile): boolean {
  if (!dockerfileName.test(name)) return languageId !== undefined && languageIds.has(languageId);
  return !otherLanguages.has(extension(name)) || dockerfileStart.test(text);
}

/** Whether the name says that a Dockerfile is made from this file, rather than that it is one. */
export const isTemplateName = (name: string): boolean => templateExtensions.has(extension(name));

const extension = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();
