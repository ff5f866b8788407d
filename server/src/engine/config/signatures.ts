import type { ImageName } from '../image/name.ts';
import { imageNameTest } from '../image/pattern.ts';
import type { Settings } from './settings.ts';

/** The keys that each have to have signed an image, as `Registry.verify` takes them; none where the policy demands nothing of it. */
export const keysFor = ({ signatures }: Pick<Settings, 'signatures'>, image: ImageName): readonly string[] =>
  signatures.filter(({ images }) => imageNameTest(images)(image)).map(({ key }) => key);
