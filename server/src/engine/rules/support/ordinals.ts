/** Numbers the things of one name from 0, for structural paths that hold when others come or go. */
export class Ordinals {
  readonly #counts = new Map<string, number>();

  next(name: string): string {
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    return `${name}/${count}`;
  }
}
