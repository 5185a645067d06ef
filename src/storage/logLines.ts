import * as v from 'valibot';
import { logRecordSchema, type LogRecord } from './logRecord';

/** Every record begins so. It cannot occur inside one: within a JSON string quotes are escaped. */
const recordStart = Buffer.from('{"v":1,"id":"');
const newline = 0x0a;

export interface LogLines {
  readonly records: readonly LogRecord[];
  /** Lines, or parts of lines, that hold no readable record. */
  readonly damaged: readonly DamagedLine[];
}

export interface DamagedLine {
  /** As it is in the file, without its newline. */
  readonly bytes: Uint8Array;
  /** The id at its beginning, when that much is left of it. */
  readonly id?: string;
}

/**
 * Reads a log. Each line stands by itself, so damage never reaches past a newline; in a damaged
 * line a whole record at its end is still found.
 */
export function parseLog(bytes: Uint8Array): LogLines {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: LogRecord[] = [];
  const damaged: DamagedLine[] = [];
  for (let start = 0; start < buffer.length;) {
    const end = buffer.indexOf(newline, start);
    const stop = end === -1 ? buffer.length : end;
    if (stop > start) readLine(buffer.subarray(start, stop), records, damaged);
    start = stop + 1;
  }
  return { records, damaged };
}

function readLine(line: Buffer, records: LogRecord[], damaged: DamagedLine[]): void {
  const whole = parseRecord(line);
  if (whole) {
    records.push(whole);
    return;
  }
  const last = line.lastIndexOf(recordStart);
  const rescued = last > 0 ? parseRecord(line.subarray(last)) : undefined;
  if (rescued) records.push(rescued);
  damaged.push(damagedLine(line));
}

function parseRecord(line: Buffer): LogRecord | undefined {
  let value: unknown;
  try {
    // Not `toString`: replaced bytes would make a changed text look whole.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(logRecordSchema, value);
  return parsed.success ? parsed.output : undefined;
}

function damagedLine(line: Buffer): DamagedLine {
  if (!line.subarray(0, recordStart.length).equals(recordStart)) return { bytes: line };
  const close = line.indexOf('"', recordStart.length);
  if (close === -1) return { bytes: line };
  return { bytes: line, id: line.toString('utf8', recordStart.length, close) };
}
