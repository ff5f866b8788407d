import { json } from './json.ts';
import { markdown } from './markdown.ts';
import type { Formatter } from './report.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

/** Every format of a report, by the name it is asked for. */
export const formats = { text, json, sarif, markdown } as const satisfies Record<string, Formatter>;

export type Format = keyof typeof formats;

export const formatNames = Object.keys(formats);

export const isFormat = (name: string): name is Format => Object.hasOwn(formats, name);
