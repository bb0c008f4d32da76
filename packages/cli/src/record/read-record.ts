/** The record that somebody names: the folder that a run wrote, or a file. */
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readRecordText, type ExecutionRecord } from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { readText } from '../repository/choose-pipeline.ts';
import { RECORD_FILE } from './open-record.ts';

/** Larger ones are not read into memory. */
const RECORD_BYTES_MAX = 256 * 1024 * 1024;

export interface FoundRecord {
  readonly record: ExecutionRecord;
  /** The file that the record says its pipeline is from, absolute; it may be gone. */
  readonly pipelinePath?: string;
}

/**
 * @param folder - where the command was called
 * @throws UsageError
 */
export function readRecord(folder: string, name: string): FoundRecord {
  const named = resolve(folder, name);
  const found = statSync(named, { throwIfNoEntry: false });
  const isFolder = found?.isDirectory() === true;
  const path = isFolder ? join(named, RECORD_FILE) : named;
  const shown = isFolder ? join(name, RECORD_FILE) : name;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (isFolder && size === 0) {
    throw new UsageError(`${name} holds no record: it has no ${RECORD_FILE}.`, 'bridle run --record writes one.', 5);
  }
  if (size > RECORD_BYTES_MAX) throw new UsageError(`${shown} is larger than ${RECORD_BYTES_MAX} bytes.`);
  const read = readRecordText(readText(path, shown));
  if (read.kind === 'refused') {
    const line = read.line === undefined ? '' : `:${read.line}`;
    throw new UsageError(`${shown}${line} ${read.reason}.`, 'It takes what bridle run --record has written.');
  }
  const { record } = read;
  const { file } = record.header.source;
  return { record, ...(file === undefined ? {} : { pipelinePath: resolve(dirname(path), ...file.split('/')) }) };
}
