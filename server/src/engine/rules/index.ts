import { containerSocketMount } from './container-socket-mount.ts';
import { floatingTag } from './floating-tag.ts';
import { implicitLatest } from './implicit-latest.ts';
import { invalidImageReference } from './invalid-image-reference.ts';
import { privilegedContainer } from './privileged-container.ts';
import type { Rule } from './rule.ts';
import { stalePullPolicy } from './stale-pull-policy.ts';
import { unpinnedFrontend } from './unpinned-frontend.ts';
import { unpinnedImage } from './unpinned-image.ts';
import { writableHostMount } from './writable-host-mount.ts';
import { writableRootFilesystem } from './writable-root-filesystem.ts';

/** Every rule, in the order the documentation lists them. */
export const rules: readonly Rule[] = [
  implicitLatest,
  floatingTag,
  unpinnedImage,
  invalidImageReference,
  unpinnedFrontend,
  writableRootFilesystem,
  writableHostMount,
  containerSocketMount,
  privilegedContainer,
  stalePullPolicy,
];
