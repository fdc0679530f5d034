import { oleloVersion } from '../server/settings.ts';

/** `olelo -v`: the first words are those that scripts look for. */
export function versionText(node: string, platform: string): string {
  return [
    `version: olelo ${oleloVersion} (${platform}) runs kamailio.cfg of the 6.1 series`,
    'flags: USE_TCP, USE_DNS_CACHE, USE_DNS_FAILOVER, USE_NAPTR, USE_DST_BLOCKLIST, ASYNC_ROUTES',
    `runtime: node ${node}`,
  ].join('\n');
}

export function helpText(): string {
  return `version: olelo ${oleloVersion}
Usage: olelo [options]
       olelo db create [URL]     make the tables that kamdbctl makes
       olelo send [target]       send SIP requests, make calls (olelo send --help)
       olelo ws [url]            talk to a WebSocket server (olelo ws --help)
       olelo identity ...        caller identity: STIR/SHAKEN keys, sign, check, parse, serve
The options are those of the kamailio command:
    -a mode      auto aliases: yes, no
    --alias=val  a name of ours: [proto:]hostname[:port]; may be repeated
    --atexit=val accepted, without meaning here
    -A define    a preprocessor define: NAME or NAME=value; may be repeated
    -b nr        upper limit of the UDP receive buffer, bytes
    -c           check the config, tell all mistakes at once, exit 0 or 255
    --cfg-print  print the config with includes and ifdefs evaluated
    -d           one more debug level each
    --debug=val  the debug level
    -D           stay in the foreground (also -DD); -DDD is the default, a daemon
    -e           colours in the log on stderr (needs -E)
    -E           log to stderr
    -f file      the config; without it, the built-in default config
    -g gid       run as this group
    -G file      write the process group id
    -h, --help   this text
    -I           more about this build
    -K           check hosts of Via when forwarding responses
    -l address   listen here: [proto:]address[:port][/advertised[:port]]; may be repeated
    --loadmodule=name   load a module
    --log-engine=name[:data]  json, for one JSON object a line
    -L path      accepted: modules are built in
    -m nr, -M nr accepted: memory is not pooled
    --modparam=module:name:type:value   set a module parameter, type s or i
    -n nr, -N nr, -Q nr  accepted: one process handles all sockets
    -O nr        accepted: V8 compiles the routes
    -P file      write the process id
    -r, -R       accepted: the Via host is compared as it stands
    --server-id=num  the server's number
    --subst=exp --substdef=exp --substdefs=exp  as the preprocessor directives
    -S           accepted: there is no SCTP yet
    -t dir       refused: a Node process cannot change its root
    -T           no TCP
    -u uid       run as this user
    -v, -V, --version  the version
    -w dir       working directory
    -W type      accepted: the event loop chooses
    -x name, -X name  accepted: memory is not pooled
    -Y dir       directory for control sockets
Signals: TERM drain then stop, INT stop, HUP ignored with a notice, USR1 statistics to the log.`;
}
