/** Counts what is looked at through aliases: a small text can stand for a huge one. What is written out in full always may be. */
export class AliasBudget {
  readonly #most: number;
  #spent = 0;
  #isCut = false;

  /** `length`: that of the text. A large one may hold more than a small one, so that the time goes with the length. */
  constructor(length: number) {
    this.#most = 20_000 + length;
  }

  get isSpent(): boolean {
    return this.#spent > this.#most;
  }

  /** Not all of the document is looked at, whatever is left. */
  giveUp(): void {
    this.#isCut = true;
  }

  /** Whether something was not looked at. */
  get isCut(): boolean {
    return this.#isCut || this.isSpent;
  }

  /** Whether that many more values may be looked at. */
  spend(count: number): boolean {
    this.#spent += count;
    return !this.isSpent;
  }
}

/** A value of a document, and whether it was reached through an alias or a merge key. */
interface Followed {
  readonly merged: boolean;
  readonly tree: { readonly budget: AliasBudget };
}

/** Whether a value may be looked at, of all that its document brings in through aliases. */
export const mayFollow = (value: Followed): boolean => !value.merged || value.tree.budget.spend(1);
