import type { Located } from '../../model/facts.ts';
import type { ContainerPlace } from './walk.ts';

/** The ports that a container says it listens on. */
export function readPorts({ container, path }: ContainerPlace): readonly Located<number>[] {
  return (container.get('ports')?.items() ?? []).flatMap((item) => {
    const port = item.get('containerPort');
    const text = port?.text;
    if (!port || text == null || !/^\d{1,5}$/.test(text)) return [];
    return { value: Number(text), span: port.span, path: `${path}/ports/${text}` };
  });
}
