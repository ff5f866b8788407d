/** Where the rules' pages are read online. */
const pages = 'https://github.com/holdfast-dev/holdfast/blob/main/server/src/engine/rules';

/** The page of a rule, for the link beside a finding. */
export const pageUrl = (rule: string): string => `${pages}/${rule}.md`;
