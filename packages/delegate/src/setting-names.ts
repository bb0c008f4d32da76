/**
 * Every setting of the delegate: its flag, its variables (Bridle's own first, then those of Harness's delegate), and what `--help`
 * says of it. docs/guides/delegates.md and the files in deploy/ name no others; a test sees to that.
 */

export interface SettingName {
  readonly flag: string;
  /** Absent: a switch, on when it is there. */
  readonly value?: string;
  readonly variables: readonly string[];
  readonly help: string;
}

export const SETTING_NAMES = {
  url: {
    flag: 'url',
    value: 'URL',
    variables: ['BRIDLE_DELEGATE_URL', 'MANAGER_HOST_AND_PORT'],
    help: 'the Bridle server, e.g. https://bridle.example.com',
  },
  tokenFile: {
    flag: 'token-file',
    value: 'FILE',
    variables: ['BRIDLE_DELEGATE_TOKEN_FILE'],
    help: 'file that holds the delegate token',
  },
  token: {
    flag: 'token',
    value: 'TOKEN',
    variables: ['BRIDLE_DELEGATE_TOKEN', 'DELEGATE_TOKEN'],
    help: 'the token itself; as a flag, others on this host can see it',
  },
  account: {
    flag: 'account',
    value: 'ID',
    variables: ['BRIDLE_ACCOUNT_ID', 'ACCOUNT_ID'],
    help: 'the account the token must be of; checked, else not needed',
  },
  name: {
    flag: 'name',
    value: 'NAME',
    variables: ['BRIDLE_DELEGATE_NAME', 'DELEGATE_NAME'],
    help: 'name, also a tag (default: the host name); replicas with one name are one delegate in lists',
  },
  tags: {
    flag: 'tags',
    value: 'A,B',
    variables: ['BRIDLE_DELEGATE_TAGS', 'DELEGATE_TAGS'],
    help: 'tags that steps select by',
  },
  home: {
    flag: 'home',
    value: 'FOLDER',
    variables: ['BRIDLE_DELEGATE_HOME'],
    help: 'its own folder, one per delegate (default: ~/.bridle/delegates/NAME)',
  },
  capacity: {
    flag: 'capacity',
    value: 'N',
    variables: ['BRIDLE_DELEGATE_CAPACITY', 'DELEGATE_TASK_CAPACITY'],
    help: 'steps at the same time (default: 50)',
  },
  cpuThreshold: {
    flag: 'cpu-threshold',
    value: 'PERCENT',
    variables: ['BRIDLE_DELEGATE_CPU_THRESHOLD', 'DELEGATE_CPU_THRESHOLD'],
    help: 'take no new steps while the processors are busier than that (default: no limit)',
  },
  memoryThreshold: {
    flag: 'memory-threshold',
    value: 'PERCENT',
    variables: ['BRIDLE_DELEGATE_MEMORY_THRESHOLD', 'DELEGATE_MEMORY_THRESHOLD'],
    help: 'take no new steps while more of the memory is in use (default: no limit)',
  },
  drainMs: {
    flag: 'drain-ms',
    value: 'N',
    variables: ['BRIDLE_DELEGATE_DRAIN_MS'],
    help: 'at SIGTERM, time for running steps (default: 10000)',
  },
  killGraceMs: {
    flag: 'kill-grace-ms',
    value: 'N',
    variables: ['BRIDLE_DELEGATE_KILL_GRACE_MS'],
    help: 'between SIGTERM and SIGKILL of a step (default: 10000)',
  },
  inheritEnv: {
    flag: 'inherit-env',
    value: 'A,B',
    variables: ['BRIDLE_DELEGATE_INHERIT_ENV'],
    help: 'more variables of its own that steps may see',
  },
  secretNames: {
    flag: 'secret-names',
    value: 'A,B',
    variables: ['BRIDLE_DELEGATE_SECRET_NAMES'],
    help: 'variables of its own that secrets may refer to, beside those whose names start with BRIDLE_SECRET_',
  },
  secretsDir: {
    flag: 'secrets-dir',
    value: 'FOLDER',
    variables: ['BRIDLE_DELEGATE_SECRETS_DIR'],
    help: 'folder of files that secrets may refer to',
  },
  refusePrivate: {
    flag: 'refuse-private',
    variables: ['BRIDLE_DELEGATE_REFUSE_PRIVATE'],
    help: 'Http steps may not call loopback or private ranges (variable: on)',
  },
  caFile: {
    flag: 'ca-file',
    value: 'FILE',
    variables: ['BRIDLE_CA_FILE'],
    help: 'PEM of authorities to trust beside those of Node and NODE_EXTRA_CA_CERTS',
  },
  proxy: {
    flag: 'proxy',
    value: 'URL',
    variables: ['BRIDLE_DELEGATE_PROXY'],
    help: 'the way out for the delegate and its steps, e.g. http://proxy:3128; or PROXY_HOST, PROXY_PORT, PROXY_SCHEME, PROXY_USER, PROXY_PASSWORD',
  },
  noProxy: {
    flag: 'no-proxy',
    value: 'A,B',
    variables: ['BRIDLE_DELEGATE_NO_PROXY', 'NO_PROXY', 'no_proxy'],
    help: 'hosts, .domains, addresses and ranges that are asked directly',
  },
  initScript: {
    flag: 'init-script',
    value: 'TEXT',
    variables: ['BRIDLE_DELEGATE_INIT_SCRIPT', 'INIT_SCRIPT'],
    help: 'commands for sh, run once before the delegate registers; it does not start when they fail',
  },
  gitFileUrls: {
    flag: 'git-file-urls',
    variables: ['BRIDLE_DELEGATE_GIT_FILE_URLS'],
    help: 'repositories in folders of this host may be cloned; whatever its user can read (variable: on)',
  },
  cacheDir: {
    flag: 'cache-dir',
    value: 'FOLDER',
    variables: ['BRIDLE_CACHE_DIR'],
    help: 'where SaveCache keeps caches; delegates of one host may share it (default: cache in its home)',
  },
  cacheMax: {
    flag: 'cache-max',
    value: 'SIZE',
    variables: ['BRIDLE_CACHE_MAX'],
    help: 'all kept caches together, e.g. 50G; the least recently used ones go first (default: 20G)',
  },
  cachePaths: {
    flag: 'cache-paths',
    value: 'A,B',
    variables: ['BRIDLE_CACHE_PATHS'],
    help: 'more folders outside of workspaces that caches may save and restore, beside those build tools keep in the home of its user',
  },
  sshHostKeys: {
    flag: 'ssh-host-keys',
    value: 'POLICY',
    variables: ['BRIDLE_SSH_HOST_KEYS'],
    help: 'hosts that steps sign in to: accept-new notes those it does not know (default), strict refuses them',
  },
  sshKnownHosts: {
    flag: 'ssh-known-hosts',
    value: 'FILE',
    variables: ['BRIDLE_SSH_KNOWN_HOSTS'],
    help: 'keys of these hosts (default: known_hosts in its home)',
  },
  stepUser: {
    flag: 'step-user',
    value: 'USER',
    variables: ['BRIDLE_STEP_USER'],
    help: 'run steps on this host as that user, a name or uid:gid; the delegate must be root',
  },
  stepNoNewPrivileges: {
    flag: 'step-no-new-privileges',
    variables: ['BRIDLE_STEP_NO_NEW_PRIVILEGES'],
    help: 'sudo and the like give steps nothing; goes without saying with --step-user (variable: on)',
  },
  stepMemoryMax: {
    flag: 'step-memory-max',
    value: 'SIZE',
    variables: ['BRIDLE_STEP_MEMORY_MAX'],
    help: 'memory of a step, e.g. 4G (without cgroup v2: of each of its processes)',
  },
  stepProcessesMax: {
    flag: 'step-processes-max',
    value: 'N',
    variables: ['BRIDLE_STEP_PROCESSES_MAX'],
    help: 'processes and threads of a step (without cgroup v2: of all steps of the user)',
  },
  stepCpuMax: {
    flag: 'step-cpu-max',
    value: 'N',
    variables: ['BRIDLE_STEP_CPU_MAX'],
    help: 'processors a step may keep busy, e.g. 1.5; needs cgroup v2',
  },
  stepCpuSecondsMax: {
    flag: 'step-cpu-seconds-max',
    value: 'N',
    variables: ['BRIDLE_STEP_CPU_SECONDS_MAX'],
    help: 'seconds of processor time of each process of a step',
  },
  stepFileMax: {
    flag: 'step-file-max',
    value: 'SIZE',
    variables: ['BRIDLE_STEP_FILE_MAX'],
    help: 'size of each file a step writes, e.g. 10G',
  },
  stepCgroup: {
    flag: 'step-cgroup',
    value: 'FOLDER',
    variables: ['BRIDLE_STEP_CGROUP'],
    help: 'a control group (cgroup v2) that this delegate may write, for its steps (default: the one it runs in, when a limit needs one)',
  },
} as const satisfies Readonly<Record<string, SettingName>>;

export type SettingKey = keyof typeof SETTING_NAMES;

/** The parts of a proxy's address, as Harness's delegate takes them. */
export const PROXY_VARIABLES = {
  host: 'PROXY_HOST',
  port: 'PROXY_PORT',
  scheme: 'PROXY_SCHEME',
  user: 'PROXY_USER',
  password: 'PROXY_PASSWORD',
} as const;

/** Read by main.ts, and by Node itself. */
export const OTHER_VARIABLES = ['BRIDLE_LOG_LEVEL', 'NODE_EXTRA_CA_CERTS'] as const;

/** Variables of Harness's delegate that Bridle has no use for: taken in silence. */
export const IGNORED_VARIABLES = ['POLL_FOR_TASKS', 'LOG_STREAMING_SERVICE_URL', 'DELEGATE_TYPE', 'NEXT_GEN'] as const;

/** Nothing that this process starts needs them. */
export const SECRET_VARIABLES: readonly string[] = [
  ...SETTING_NAMES.token.variables,
  ...SETTING_NAMES.proxy.variables,
  PROXY_VARIABLES.password,
];

const names: readonly SettingName[] = Object.values(SETTING_NAMES);

export const USAGE = `Usage: npm run delegate -- --url URL --token-file FILE [options]

Takes steps from a Bridle server and runs them on this host. Each setting is a flag or a variable; a flag wins.

${names.map(describe).join('\n')}

Also read: ${[...Object.values(PROXY_VARIABLES), ...OTHER_VARIABLES].join(', ')}.
Taken from deployments of Harness's delegate and without effect: ${IGNORED_VARIABLES.join(', ')}.

Stops on SIGTERM: no new steps, those that run may end within the drain time; a second SIGTERM does not wait for them.
Exit codes: 0 stopped, 1 failed, 2 a setting is wrong, 3 the server does not work with this version.
`;

function describe({ flag, value, variables, help }: SettingName): string {
  const usage = value === undefined ? `--${flag}` : `--${flag} ${value}`;
  return `  ${usage}\n      ${help}\n      ${variables.join(', ')}`;
}
