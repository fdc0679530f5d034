import type { TrustFileOptions } from '../../identity/index.ts';
import type { Config } from '../../module/define.ts';
import type { params } from './params.ts';

export interface LibraryOptions {
  readonly cacheDir: string;
  readonly cacheExpireSec: number;
  /** Certificate URL of tokens that are signed without one. */
  readonly x5u: string;
  readonly trust: TrustFileOptions;
  /** What is wrong with a `libopt`. */
  readonly problem: string | undefined;
}

const texts = ['CacheDirPath', 'CertCAFile', 'CertCAInter', 'CertCRLFile', 'x5u'];
const numbers = ['CacheExpires', 'CertVerify'];

/** `cache_dir`, `cache_expire` and all `libopt`s together; a `libopt` wins. */
export function libraryOptions(config: Config<typeof params>): LibraryOptions {
  const options = new Map<string, string>();
  let problem: string | undefined;
  for (const option of config.libopt) {
    const equals = option.indexOf('=');
    const name = equals < 0 ? option : option.slice(0, equals);
    const value = option.slice(equals + 1);
    if (equals < 0) problem = `libopt "${option}" has no value: expected name=value`;
    else if (numbers.includes(name) && !/^\d+$/.test(value)) problem = `libopt ${name} needs a number`;
    else if (!texts.includes(name) && !numbers.includes(name)) {
      problem = `libopt ${name} is unknown; there are ${[...texts, ...numbers].join(', ')}`;
    } else options.set(name, value);
  }
  return {
    cacheDir: options.get('CacheDirPath') ?? config.cache_dir,
    cacheExpireSec: Number(options.get('CacheExpires') ?? config.cache_expire),
    x5u: options.get('x5u') ?? 'https://127.0.0.1/cert.pem',
    trust: {
      certVerify: Number(options.get('CertVerify') ?? 0),
      caFile: options.get('CertCAFile') ?? '',
      intermediatesFile: options.get('CertCAInter') ?? '',
      crlFile: options.get('CertCRLFile') ?? '',
      telephoneNumbers:
        config.check_tn === 0 ? 'ignore' : config.check_tn === 1 ? 'when-present' : 'required',
    },
    problem,
  };
}
