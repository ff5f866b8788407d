import { bake } from './bake/index.ts';
import { compose } from './compose/index.ts';
import { devcontainer } from './devcontainer/index.ts';
import { dockerfile } from './dockerfile/index.ts';
import { githubActions } from './github-actions/index.ts';
import { gitlabCi } from './gitlab-ci/index.ts';
import { helm } from './helm/index.ts';
import { helmValues } from './helm-values/index.ts';
import type { DocumentKind } from './kind.ts';
import { kubernetes } from './kubernetes/index.ts';
import { kustomize } from './kustomize/index.ts';
import { quadlet } from './quadlet/index.ts';
import { skaffold } from './skaffold/index.ts';
import { template } from './template/index.ts';

/** Every kind, first claim wins. */
export const kinds: readonly DocumentKind[] = [
  dockerfile,
  template,
  quadlet,
  bake,
  githubActions,
  gitlabCi,
  devcontainer,
  helm,
  skaffold,
  kustomize,
  helmValues,
  compose,
  kubernetes,
];
