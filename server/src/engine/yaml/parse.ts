/** One document of a YAML stream, parsed when first asked for. */
export class YamlPiece {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
