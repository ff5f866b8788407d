import { sealKeyVariable } from '../../../server/src/lsp/protocol/protocol.ts';
import { newSeal, type Seal } from '../../../server/src/lsp/protocol/seal.ts';

/** What secrets cross to the server in: another key for each server that is started. */
export class Sealing {
  /** Goes into the environment of the next server. */
  readonly env: Record<string, string> = {};
  #seal = this.#renewed();

  /** Of the server that was started last. */
  readonly seal = (): Seal => this.#seal;

  /** Another server is about to be started. */
  renew(): void {
    this.#seal = this.#renewed();
  }

  #renewed(): Seal {
    const { key, ...seal } = newSeal();
    this.env[sealKeyVariable] = key;
    return seal;
  }
}
