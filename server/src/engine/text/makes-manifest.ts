/** Keys of manifests, and what brings in the text of another template. */
const hint =
  /^[ \t-]*["']?(?:apiVersion|kind|metadata|spec|env|image|images|imageName|repository|services|containers|initContainers|jobs|steps)["']?[ \t]*:|\{[{%]-?[ \t]*(?:include|template|import|extends|block|tpl)\b/im;

/** Whether a manifest may come of a template. Translations, and configuration of other programs, are nobody's business. */
export const makesManifest = (text: string): boolean => hint.test(text);
