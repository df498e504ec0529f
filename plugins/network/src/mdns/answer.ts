/** What a responder says to a question (RFC 6762). Pure. */
import type { Answer, Packet, Question } from 'dns-packet';

/** Seconds: what the RFC gives records of host names. */
const lifetime = 120;

export type Response = Packet & { readonly answers: Answer[] };

/** Null when none of the questions is about us. `names` in lower case. */
export function answerTo(query: Packet, names: ReadonlySet<string>, address: string, legacy: boolean): Response | null {
  const ours = (query.questions ?? []).filter((question) => names.has(question.name.toLowerCase()));
  const answers = ours.flatMap((question) => records(question, address));
  if (answers.length === 0) return null;
  if (!legacy) return { answers };
  // A plain resolver asked from a port of its own: it wants its question back, and no cache-flush bit.
  const plain = answers.map((answer) => ({ ...answer, ttl: 10, flush: false }) as Answer);
  return { answers: plain, questions: ours, ...(query.id === undefined ? {} : { id: query.id }) };
}

function records({ name, type }: Question, address: string): Answer[] {
  // The published types forget ANY.
  if (['A', 'ANY'].includes(type)) return [addressRecord(name, address, lifetime)];
  // There is an IPv4 address and nothing else: said outright, nobody waits for the rest.
  return [{ name, type: 'NSEC', ttl: lifetime, flush: true, data: { nextDomain: name, rrtypes: ['A'] } }];
}

/** Unasked, when names appear (`gone` false) or disappear. */
export function announcement(names: Iterable<string>, address: string, gone: boolean): Response {
  return { answers: [...names].map((name) => addressRecord(name, address, gone ? 0 : lifetime)) };
}

function addressRecord(name: string, address: string, ttl: number): Answer {
  return { name, type: 'A', ttl, flush: true, data: address };
}

/** Whether somebody who is not us says the name is theirs. */
export function claims(response: Packet, name: string, own: ReadonlySet<string>): boolean {
  return [...(response.answers ?? []), ...(response.additionals ?? [])].some(
    (answer) =>
      answer.type === 'A' &&
      answer.name.toLowerCase() === name &&
      typeof answer.data === 'string' &&
      !own.has(answer.data),
  );
}
