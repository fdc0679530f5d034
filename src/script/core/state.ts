import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { FunctionDeclaration, PvDeclaration, SignatureMaker } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';

/** The instance of the core as a module. */
export class CoreState {
  readonly host: Host;

  /** Texts of `$version`. */
  readonly version: { readonly number: string; readonly full: string; readonly hash: string };

  constructor(host: Host) {
    const number = String(host.settings.get('version') ?? 'unknown');
    this.version = { number, full: `olelo ${number} (node)`, hash: 'unknown' };
    this.host = host;
  }
}

export type CoreFunctions = Readonly<Record<string, FunctionDeclaration<CoreState>>>;
export type CorePvs = Readonly<Record<string, PvDeclaration<CoreState>>>;
export interface CoreTools {
  readonly signature: SignatureMaker<CoreState>;
}

export function readOnly(
  doc: string,
  get: (self: CoreState, context: ScriptContext) => Value,
): PvDeclaration<CoreState> {
  return { doc, get };
}
