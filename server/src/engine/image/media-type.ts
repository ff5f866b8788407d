/** OCI image-spec `image-index.md`, and Docker's manifest list. */
export const indexTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** Whether it names manifests for several platforms. */
export const isIndex = (mediaType: string): boolean => indexTypes.has(mediaType);
