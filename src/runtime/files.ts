import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, appendFile, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import type { Files } from '../base/ports.ts';

/** Files of this machine. */
export class NodeFiles implements Files {
  #temporary = 0;

  read(path: string): Promise<Buffer> {
    return readFile(path);
  }

  async write(path: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
    const temporary = `${path}.${process.pid}.${this.#temporary++}.tmp`;
    try {
      await writeFile(temporary, data, { mode });
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
  }

  append(path: string, data: string | Uint8Array): Promise<void> {
    return appendFile(path, data);
  }

  exists(path: string): Promise<boolean> {
    return access(path).then(
      () => true,
      () => false,
    );
  }

  modifiedMs(path: string): Promise<number | undefined> {
    return stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  }

  readTextSync(path: string): string {
    return readFileSync(path, 'utf8');
  }

  existsSync(path: string): boolean {
    return existsSync(path);
  }

  listSync(path: string): readonly string[] {
    return readdirSync(path).sort();
  }
}
