import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { readBody } from '../read-body.ts';
import type { StandIn } from './declaration.ts';
import type { ActiveFault, FaultTable } from './faults.ts';
import type { Pauses } from './pauses.ts';
import type { Provider, ProviderAnswer, ProviderCall } from './provider.ts';

/** One call that came in, whether it reached the provider or not. */
export interface Arrival {
  time: string;
  method: string;
  path: string;
  /** Kind of the fault that it met. */
  fault: string | null;
}

export interface FaultProxy {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  arrivals(): readonly Arrival[];
}

interface FaultProxyOptions {
  faults: FaultTable;
  pauses: Pauses;
  provider: Provider;
  standIn: Pick<StandIn, 'isOurs' | 'refusal' | 'answerTo'>;
  /** Says on every answer what this is. */
  label: string;
  /** Ends every wait when the stand-in closes; what still travels is lost then. */
  closing: AbortSignal;
}

/** Takes the place of the network to the provider, and lets go wrong what tests ask for. */
export function createFaultProxy({
  faults,
  pauses,
  provider,
  standIn,
  label,
  closing,
}: FaultProxyOptions): FaultProxy {
  const labelHeader = { 'x-stand-in': label };
  const arrivals: Arrival[] = [];
  const pause = (ms: number) => wait(ms, undefined, { signal: closing });

  function give(response: ServerResponse, { status, headers, body }: ProviderAnswer): void {
    if (response.destroyed) return;
    response.writeHead(status, { ...headers, ...labelHeader, 'content-length': body.length }).end(body);
  }

  /** What happens between caller and provider for each kind of fault. */
  async function hit(
    { id, fault }: ActiveFault,
    call: ProviderCall,
    { response, deliver }: { response: ServerResponse; deliver: Provider['deliver'] },
  ): Promise<void> {
    const { socket } = response.req;
    switch (fault.kind) {
      case 'reset':
        socket.destroy();
        return;
      case 'drop_answer':
        await deliver(call);
        socket.destroy();
        return;
      case 'delay_answer': {
        const answer = await deliver(call);
        await pause(fault.ms);
        return give(response, answer);
      }
      case 'cut_answer': {
        const answer = await deliver(call);
        response.writeHead(answer.status, {
          ...answer.headers,
          ...labelHeader,
          'content-length': answer.body.length,
        });
        // The bytes must be sent before the connection is closed.
        response.write(answer.body.subarray(0, fault.bytes), () => socket.destroy());
        response.flushHeaders();
        return;
      }
      case 'truncate_json': {
        const answer = await deliver(call);
        return give(response, { ...answer, body: answer.body.subarray(0, fault.bytes) });
      }
      case 'endless_body': {
        if (fault.reaches) await deliver(call);
        response.writeHead(200, { ...labelHeader, 'content-type': 'application/json' });
        while (!response.destroyed && !closing.aborted) {
          response.write(' '.repeat(fault.chunk));
          await pause(fault.ms);
        }
        return;
      }
      case 'deliver_late': {
        if (fault.cut) socket.destroy();
        await pause(fault.ms);
        return give(response, await deliver(call));
      }
      case 'answer':
        if (fault.reaches) await deliver(call);
        return give(response, { ...fault, body: Buffer.from(fault.body) });
      case 'pause': {
        if (fault.at === 'before_provider') {
          const goesOn = await pauses.pause({ id, ...call });
          return goesOn ? give(response, await deliver(call)) : void socket.destroy();
        }
        const answer = await deliver(call);
        const goesOn = await pauses.pause({ id, ...call });
        return goesOn ? give(response, answer) : void socket.destroy();
      }
    }
  }

  return {
    arrivals: () => arrivals,
    async handle(request, response) {
      const { method = 'GET', url: path = '/' } = request;
      const body = await readBody(request);
      if (body === undefined) return give(response, standIn.refusal(413, 'Payload too large'));
      const fault = faults.take(method, path.split('?', 1)[0] ?? path);
      arrivals.push({ time: new Date().toISOString(), method, path, fault: fault?.fault.kind ?? null });
      if (!standIn.isOurs(request)) return give(response, standIn.refusal(401, 'Bad credentials'));
      const call = { method, path, body };
      const deliver = (one: ProviderCall) =>
        standIn.answerTo?.(request, one, provider) ?? provider.deliver(one);
      await (fault === undefined
        ? deliver(call).then((answer) => give(response, answer))
        : hit(fault, call, { response, deliver }));
    },
  };
}
