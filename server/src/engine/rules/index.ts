import { addInsteadOfCopy } from './add-instead-of-copy.ts';
import { ambiguousManifest } from './ambiguous-manifest.ts';
import { bakedSecret } from './baked-secret.ts';
import { barePod } from './bare-pod.ts';
import { containerSocketMount } from './container-socket-mount.ts';
import { developmentWatch } from './development-watch.ts';
import { digestWithoutTag } from './digest-without-tag.ts';
import { driftedPin } from './drifted-pin.ts';
import { executableTmpfs } from './executable-tmpfs.ts';
import { floatingTag } from './floating-tag.ts';
import { implicitLatest } from './implicit-latest.ts';
import { inlineSecret } from './inline-secret.ts';
import { interactiveContainer } from './interactive-container.ts';
import { invalidImageReference } from './invalid-image-reference.ts';
import { mismatchedDigests } from './mismatched-digests.ts';
import { missingDigest } from './missing-digest.ts';
import { missingMultiStage } from './missing-multi-stage.ts';
import { missingReadinessGate } from './missing-readiness-gate.ts';
import { mutableConfig } from './mutable-config.ts';
import { noRollbackHistory } from './no-rollback-history.ts';
import { nondeterministicBuildStep } from './nondeterministic-build-step.ts';
import { platformDigest } from './platform-digest.ts';
import { privilegeEscalation } from './privilege-escalation.ts';
import { privilegedContainer } from './privileged-container.ts';
import { remoteShell } from './remote-shell.ts';
import { rollingImageTrigger } from './rolling-image-trigger.ts';
import type { Rule } from './rule.ts';
import { runtimeInstall } from './runtime-install.ts';
import { signatureCheckBypass } from './signature-check-bypass.ts';
import { stalePullPolicy } from './stale-pull-policy.ts';
import { suppressionWithoutReason } from './suppression-without-reason.ts';
import { systemUpgrade } from './system-upgrade.ts';
import { unboundedEmptyDir } from './unbounded-empty-dir.ts';
import { undeclaredImageVolume } from './undeclared-image-volume.ts';
import { unpinnedFrontend } from './unpinned-frontend.ts';
import { unpinnedGitSource } from './unpinned-git-source.ts';
import { unpinnedImage } from './unpinned-image.ts';
import { unpinnedPackage } from './unpinned-package.ts';
import { unsignedImage } from './unsigned-image.ts';
import { untrustedRegistry } from './untrusted-registry.ts';
import { unusedSuppression } from './unused-suppression.ts';
import { unverifiedDownload } from './unverified-download.ts';
import { writableHostMount } from './writable-host-mount.ts';
import { writableRootFilesystem } from './writable-root-filesystem.ts';

/** Every rule, in the order the documentation lists them. */
export const rules: readonly Rule[] = [
  implicitLatest,
  floatingTag,
  unpinnedImage,
  invalidImageReference,
  ambiguousManifest,
  digestWithoutTag,
  unpinnedFrontend,
  untrustedRegistry,
  mismatchedDigests,
  driftedPin,
  missingDigest,
  platformDigest,
  unsignedImage,
  writableRootFilesystem,
  writableHostMount,
  containerSocketMount,
  privilegedContainer,
  privilegeEscalation,
  undeclaredImageVolume,
  unboundedEmptyDir,
  executableTmpfs,
  unpinnedPackage,
  systemUpgrade,
  unverifiedDownload,
  unpinnedGitSource,
  signatureCheckBypass,
  addInsteadOfCopy,
  nondeterministicBuildStep,
  missingMultiStage,
  bakedSecret,
  inlineSecret,
  runtimeInstall,
  remoteShell,
  interactiveContainer,
  developmentWatch,
  stalePullPolicy,
  rollingImageTrigger,
  mutableConfig,
  barePod,
  noRollbackHistory,
  missingReadinessGate,
  suppressionWithoutReason,
  unusedSuppression,
];
