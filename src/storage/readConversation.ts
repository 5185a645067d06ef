import * as v from 'valibot';
import type { Logger } from '../conversation/ports';
import { attachmentsSchema } from '../shared/attachment';
import type { FileSystem } from './fileSystem';
import { parseLog } from './logLines';
import type { LogRecord } from './logRecord';

export interface ConversationRecords {
  readonly records: readonly LogRecord[];
  /** How many lines or files hold something that could not be read. They stay where they are. */
  readonly unreadable: number;
}

/** A text alone is as it is; with attachments it is one of several things. */
const blobSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.pipe(
      v.string(),
      v.transform((text) => ({ text })),
    ),
    v.object({ text: v.string(), attachments: attachmentsSchema }),
  ]),
);

export function isLog(name: string): boolean {
  return name.endsWith('.jsonl');
}

/** Reads all logs of one conversation. Damage costs only what it struck. */
export async function readConversation(
  fileSystem: FileSystem,
  logger: Logger,
  directory: string,
): Promise<ConversationRecords> {
  const records: LogRecord[] = [];
  const damagedIds: (string | undefined)[] = [];
  let lostFiles = 0;
  for (const name of (await fileSystem.names(directory)).filter(isLog)) {
    try {
      const lines = parseLog((await fileSystem.read(`${directory}/${name}`)) ?? new Uint8Array());
      for (const record of lines.records) records.push(record);
      damagedIds.push(...lines.damaged.map(({ id }) => id));
    } catch (error) {
      logger.error(`A log could not be read: ${String(error)}`);
      lostFiles += 1;
    }
  }
  const lostBlobs = await readBlobs(fileSystem, logger, directory, records);
  // A record that was torn and then written again as a whole is not a loss.
  const whole = new Set<string | undefined>(records.map(({ id }) => id));
  const lostLines = damagedIds.filter((id) => !whole.has(id)).length;
  return { records, unreadable: lostFiles + lostBlobs + lostLines };
}

/** Puts the long texts into their records; returns how many could not be read. */
async function readBlobs(
  fileSystem: FileSystem,
  logger: Logger,
  directory: string,
  records: LogRecord[],
): Promise<number> {
  let lost = 0;
  for (const [index, record] of records.entries()) {
    if (record.k !== 'turnStarted' || record.role !== 'user' || !record.blob) continue;
    const { blob, ...rest } = record;
    try {
      const bytes = await fileSystem.read(`${directory}/${blob}`);
      records[index] = { ...rest, ...v.parse(blobSchema, Buffer.from(bytes ?? []).toString()) };
    } catch (error) {
      logger.error(`A long message could not be read: ${String(error)}`);
      lost += 1;
    }
  }
  return lost;
}
