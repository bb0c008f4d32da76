/**
 * Answers that are told once: `ETag` and `If-None-Match` (RFC 9110).
 *
 * A tag is made of the versions that the answer is made of, before it is made: what has not changed costs one look at them. Tags
 * are weak, because the `correlationId` of an answer is another one each time.
 */
import { createHash } from 'node:crypto';
import { Type, type TNull, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answers } from './answers.ts';

/** Hexadecimal digits of a tag: 128 bits. */
const TAG_LENGTH = 32;
/** What a client may keep, nobody on the way may; and it must ask each time. */
const REVALIDATED = 'private, no-cache';

export const Unchanged: TNull = Type.Null({ description: 'No body: it is still what `If-None-Match` says.' });

/** As `answers`, with the 304 of an answer that has a tag. */
export function taggedAnswers<T extends TSchema>(ok: T): ReturnType<typeof answers<T>> & { 304: TNull } {
  return { ...answers(ok), 304: Unchanged };
}

/**
 * Puts the tag on the answer and tells whether the caller has that answer already. `madeOf`: everything that the answer depends
 * on, the wishes of the request included. The release is in every tag: another one may print the same in another form.
 */
export function isKnown(request: FastifyRequest, reply: FastifyReply, madeOf: unknown): boolean {
  const text = JSON.stringify([request.server.release, madeOf]);
  const tag = `W/"${createHash('sha256').update(text).digest('hex').slice(0, TAG_LENGTH)}"`;
  reply.header('etag', tag).header('cache-control', REVALIDATED);
  return names(request.headers['if-none-match'], tag);
}

/** Weak comparison: with or without `W/` it is the same tag. */
function names(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag.slice(2));
}
