import { type Advice, faults, inWords, isProtocolFault, networkFault } from '../http/network-errors.ts';

/** `what`: the address, or the repository, as messages call it. */
export const badAddress = (what: string): string =>
  `${what} cannot be read. Write a full https address without user name or password.`;

export const plainHttp = (host: string): string =>
  `${host} would be asked over plain http, where anybody on the way can change the answer. Use https.`;

export const forbiddenHost = (host: string): string =>
  `${host} is an address that only machines of a data centre use among themselves, so nothing was asked there. Check the address.`;

export function notThere(host: string, status: number): string {
  if (status === 401 || status === 403)
    return `${host} does not give this to everyone (status ${status}), and Holdfast signs in nowhere for it. Get it by hand.`;
  if (status === 404 || status === 410)
    return `${host} has nothing at this address (status ${status}). Check the address.`;
  if (status === 429) return `${host} takes no more requests for now. Try again later.`;
  if (status >= 500) return `${host} has a fault of its own (status ${status}). Try again later.`;
  return `${host} answered with status ${status}, so there is nothing to read. Check the address.`;
}

const packed = (host: string): string =>
  `${host} sends the file packed though it was asked not to, so its checksum would not be the one a build sees. Work it out by hand.`;

export const cutShort = (host: string): string =>
  `${host} sent fewer bytes than it said it would. Try again.`;

export const tooLarge = (host: string, bytes: number): string =>
  `${host} sends more than ${Math.round(bytes / 1024 ** 2)} MiB, which is more than is read here. Get it by hand.`;

export const timedOut = (host: string, after: number): string =>
  `${host} gave no full answer within ${inWords(after)}. Check the network and the proxy, then try again.`;

export { cancelled, unexpected } from '../registry/client/messages.ts';

export const notPublicForge = (host: string): string =>
  `${host} is reached over ssh, with a key of yours that Holdfast does not use. Write the https address of the repository where it has one.`;

export const oddScheme = (scheme: string): string =>
  `A repository reached over ${scheme} cannot be asked: only https is. Write the https address of the repository where it has one.`;

export const notGit = (host: string): string =>
  `${host} does not answer at this address as git servers do. Check the address of the repository.`;

export const noRepository = (host: string, status: number): string =>
  `${host} has no such repository, or it is private (status ${status}); Holdfast signs in nowhere for it. Check the address.`;

export const noRef = (host: string, ref: string): string =>
  ref === ''
    ? `The repository at ${host} has no default branch. Name a branch or a tag.`
    : `The repository at ${host} has no branch or tag ${ref}. Check the name; an abbreviated commit has to be written out.`;

export const gitFault = (host: string): string =>
  `${host} refuses to list the branches and tags of this repository. Check the address, and whether it can be read by everyone.`;

/** By Node's names for network faults. */
export function fault(host: string, code: string, advice: Advice): string {
  if (code === faults.packed) return packed(host);
  if (isProtocolFault(code)) return `${host} does not speak TLS. Check the address.`;
  return networkFault(host, code, advice);
}
