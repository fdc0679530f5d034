import { LogLevel, type LogRecord } from '../../base/ports.ts';

/** Names of the levels as Kamailio prints them, with their syslog severities and terminal colours. */
interface LevelFace {
  readonly name: string;
  readonly severity: number;
  /** SGR code of the foreground colour. */
  readonly color: number;
}

const debugFace: LevelFace = { name: 'DEBUG', severity: 7, color: 39 };

const faces: Readonly<Record<number, LevelFace>> = {
  [LogLevel.alert]: { name: 'ALERT', severity: 1, color: 31 },
  [LogLevel.bug]: { name: 'BUG', severity: 2, color: 33 },
  [LogLevel.crit2]: { name: 'CRITICAL', severity: 2, color: 33 },
  [LogLevel.crit]: { name: 'CRITICAL', severity: 2, color: 33 },
  [LogLevel.error]: { name: 'ERROR', severity: 3, color: 31 },
  [LogLevel.warn]: { name: 'WARNING', severity: 4, color: 35 },
  [LogLevel.notice]: { name: 'NOTICE', severity: 5, color: 32 },
  [LogLevel.info]: { name: 'INFO', severity: 6, color: 36 },
};

export function faceOf(level: number): LevelFace {
  if (level < LogLevel.alert) return faces[LogLevel.alert] ?? debugFace;
  return faces[level] ?? debugFace;
}

/**
 * The line that scripts grep, without the process in front: `LEVEL: {prefix}component [file:line]: function(): text`.
 * Position and function only where the record has them, as for lines of the script. Ends with a line feed.
 */
export function textLine(record: LogRecord): string {
  const fields = record.fields;
  const prefix = fields?.logprefix ?? '';
  let head = `${record.levelName ?? faceOf(record.level).name}: ${prefix}${record.component}`;
  if (fields?.file !== undefined) head += ` [${fields.file}:${fields.line ?? 0}]`;
  // a line with a prefix of its own (module xlog) names no component
  if (record.component !== '')
    head += fields?.function === undefined || fields.function === '' ? ': ' : `: ${fields.function}(): `;
  return record.text.endsWith('\n') ? head + record.text : `${head}${record.text}\n`;
}

/** ` 0(1234) `: process index and id, as Kamailio starts its lines on stderr. One process here: always 0. */
export function processHead(pid: number): string {
  return ` 0(${pid}) `;
}
