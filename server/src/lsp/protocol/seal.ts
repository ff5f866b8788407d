import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Sealed, sealKeyVariable } from './protocol.ts';

/** Encrypts what may hold a secret on its way between client and server; see `sealKeyVariable`. */
export interface Seal {
  close(value: unknown): Sealed;
  /** Undefined for what was not closed with the same key. */
  open(sealed: unknown): unknown;
}

const algorithm = 'aes-256-gcm';

/** Bytes. */
const sizes = { key: 32, nonce: 12, tag: 16 };

/** A seal for one start of the server, with its key as the server is given it. */
export function newSeal(): Seal & { readonly key: string } {
  const key = randomBytes(sizes.key);
  return { key: key.toString('base64'), ...sealWith(key) };
}

/** Takes the key out of the environment, which every program that is started later would inherit. Null without one. */
export function takeSeal(env: NodeJS.ProcessEnv): Seal | null {
  const key = Buffer.from(env[sealKeyVariable] ?? '', 'base64');
  delete env[sealKeyVariable];
  return key.length === sizes.key ? sealWith(key) : null;
}

function sealWith(key: Buffer): Seal {
  return {
    close(value) {
      const nonce = randomBytes(sizes.nonce);
      const cipher = createCipheriv(algorithm, key, nonce);
      const hidden = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return { sealed: Buffer.concat([nonce, hidden, cipher.getAuthTag()]).toString('base64') };
    },
    open(sealed) {
      const text = textOf(sealed);
      if (text === undefined) return undefined;
      const bytes = Buffer.from(text, 'base64');
      const nonce = bytes.subarray(0, sizes.nonce);
      const tag = bytes.subarray(Math.max(sizes.nonce, bytes.length - sizes.tag));
      try {
        const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: sizes.tag });
        decipher.setAuthTag(tag);
        const hidden = bytes.subarray(sizes.nonce, bytes.length - sizes.tag);
        const plain = Buffer.concat([decipher.update(hidden), decipher.final()]);
        return JSON.parse(plain.toString('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}

function textOf(sealed: unknown): string | undefined {
  if (typeof sealed !== 'object' || sealed === null || !('sealed' in sealed)) return undefined;
  return typeof sealed.sealed === 'string' ? sealed.sealed : undefined;
}
