import { noFacts } from '../../model/no-facts.ts';
import { makesManifest } from '../../text/makes-manifest.ts';
import { span } from '../../text/span.ts';
import type { WholeFileKind } from '../kind.ts';

/**
 * Templates that say so by their last extension: `deployment.yaml.j2`, `compose.yml.tmpl`. What they come to is not in the file, so they are
 * reported as not read. Those that make no manifest (translations, configuration of other programs) are nobody's business.
 */
export const template: WholeFileKind = {
  id: 'template',
  syntax: 'whole',
  onlyTells: true,
  names:
    /\.(?:ya?ml|json)\.(?:ejs|erb|gotmpl|handlebars|hbs|in|j2|jinja2?|liquid|m4|mako|mustache|template|tmpl|tpl)$/i,
  claims: ({ name, text }) => template.names.test(name) && makesManifest(text),
  extract({ text }) {
    const at = Math.max(0, text.search(action));
    const lineEnd = text.slice(at).search(/[\r\n]|$/) + at;
    const reason = 'it is a template, so its images are known only once it is filled in';
    return {
      ...noFacts,
      kind: 'template',
      skipped: [{ span: span(at, lineEnd), reason }],
      comments: () => [],
    };
  },
};

/** Jinja, Go, ERB, EJS, Mustache, `envsubst` and `m4`. */
const action = /\{\{|\{%|<%|\$\{|@\w+@/;
