import type { Located } from '../../model/facts.ts';
import { numberOf } from '../../yaml/typed.ts';
import type { ContainerPlace } from './walk.ts';

/** The ports that a container says it listens on. */
export function readPorts({ container, path }: ContainerPlace): readonly Located<number>[] {
  return (container.get('ports')?.items() ?? []).flatMap((item) => {
    const port = item.get('containerPort');
    const number = port && numberOf(port);
    if (!port || number === undefined || !Number.isInteger(number)) return [];
    return { value: number, span: port.span, path: `${path}/ports/${number}` };
  });
}
