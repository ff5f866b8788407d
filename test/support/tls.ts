import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './registry-program.ts';

/** PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority that nobody knows, and what it has signed. */
export interface PrivateCa {
  /** PEM file with the authority's own certificate: who trusts it trusts `server`. */
  readonly authority: string;
  readonly server: Certificate;
}

/** Makes an authority and a certificate for the names, valid from today. The caller removes `folder`. */
export async function makePrivateCa(folder: string, ...names: readonly string[]): Promise<PrivateCa> {
  await mkdir(folder, { recursive: true });
  const authority = await certify(folder, 'authority', ['-addext', 'basicConstraints=critical,CA:TRUE']);
  const subjects = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
  const server = await certify(folder, 'server', [
    ...['-CA', authority.certificate, '-CAkey', authority.key],
    ...['-addext', `subjectAltName=${subjects.join()}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
  ]);
  return { authority: authority.certificate, server };
}

/** Puts the authority where Docker looks for those of one registry: `/etc/docker/certs.d/HOST`, or below a home folder. */
export async function trustAt(certsFolder: string, host: string, { authority }: PrivateCa): Promise<void> {
  await mkdir(join(certsFolder, host), { recursive: true });
  await copyFile(authority, join(certsFolder, host, 'ca.crt'));
}

async function certify(folder: string, name: string, options: readonly string[]): Promise<Certificate> {
  const certificate = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
  const subject = ['-subj', `/CN=Holdfast test ${name}`, '-days', '2'];
  const files = ['-keyout', key, '-out', certificate];
  await runProgram('openssl', ['req', '-x509', ...kind, ...subject, ...files, ...options]);
  return { certificate, key };
}
