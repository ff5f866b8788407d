import type { ImageConfig } from '../../server/src/engine/ports.ts';

/** An image that says next to nothing of itself. */
export const plainConfig: ImageConfig = {
  platform: null,
  created: null,
  size: null,
  volumes: [],
  labels: {},
  base: null,
};
