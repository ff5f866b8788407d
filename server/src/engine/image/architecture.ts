/** Names of architectures, as platforms, tags and people write them, with the name that platforms have (https://github.com/containerd/platforms). */
const names: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  'x86-64': 'amd64',
  x86_64: 'amd64',
  x64: 'amd64',
  arm64: 'arm64',
  arm64v8: 'arm64',
  aarch64: 'arm64',
  arm: 'arm',
  armhf: 'arm',
  armv5: 'arm',
  armv6: 'arm',
  armv7: 'arm',
  arm32v5: 'arm',
  arm32v6: 'arm',
  arm32v7: 'arm',
  i386: '386',
  '386': '386',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  mips64le: 'mips64le',
  loong64: 'loong64',
};

const word = new RegExp(`(?:^|[^a-z0-9])(${Object.keys(names).join('|')})(?![a-z0-9])`, 'i');

/** The architecture that a text names as a word of its own: `linux/arm64`, `base-amd64`; null for none. */
export function architectureIn(text: string): string | null {
  const found = word.exec(text)?.[1]?.toLowerCase();
  return (found !== undefined && names[found]) || null;
}

/** The operating system and architecture of a platform, such as `windows amd64`; null for a text that names neither. */
export function platformKey(platform: string): string | null {
  const architecture = architectureIn(platform);
  const system = /^windows\b/i.test(platform) ? 'windows' : architecture && 'linux';
  return system && `${system} ${architecture ?? 'any'}`;
}
