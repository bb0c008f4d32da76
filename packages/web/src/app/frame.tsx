/** The frame around every page: where you are, where you can go, and nothing that moves. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import {
  LayoutTemplate,
  LogOut,
  Menu,
  Monitor,
  Moon,
  Play,
  Server,
  Sun,
  UserRound,
  Workflow,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import { Dialog, DropdownMenu } from 'radix-ui';
import { useState, type JSX } from 'react';
import { sessionQuery, signOut } from '../api/session.ts';
import { IconButton } from '../ui/controls.tsx';
import { chooseTheme, useTheme, type ThemeChoice } from './theme.ts';

const PAGES = [
  { to: '/p/$org/$project/pipelines', label: 'Pipelines', icon: Workflow },
  { to: '/p/$org/$project/executions', label: 'Executions', icon: Play },
  { to: '/p/$org/$project/triggers', label: 'Triggers', icon: Zap },
  { to: '/p/$org/$project/templates', label: 'Templates', icon: LayoutTemplate },
  { to: '/p/$org/$project/delegates', label: 'Delegates', icon: Server },
] as const;

export function Frame(): JSX.Element {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const scope = useScopeNames();
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr]">
      <a
        href="#content"
        className="absolute -top-10 left-2 z-50 rounded bg-accent px-3 py-1 text-on-accent focus:top-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-surface px-3 sm:px-4">
        <span className="min-[900px]:hidden">
          <IconButton label="Menu" onClick={() => setMenuOpen(true)}>
            <Menu size={18} aria-hidden />
          </IconButton>
        </span>
        <Link to="/" className="flex items-center gap-2 font-semibold">
          <img src="/favicon.svg" alt="" width={20} height={20} />
          bridle
        </Link>
        <span className="hidden truncate text-13 text-muted sm:block">
          {scope.org} <span className="text-faint">/</span> {scope.project}
        </span>
        <span className="ml-auto flex items-center gap-1">
          <ThemeMenu />
          <UserMenu />
        </span>
      </header>
      <div className="grid min-w-0 grid-cols-1 min-[900px]:grid-cols-[184px_minmax(0,1fr)]">
        <nav aria-label="Main" className="hidden border-r border-line bg-surface p-2 min-[900px]:block">
          <NavLinks />
        </nav>
        <main id="content" className="min-w-0">
          <Outlet />
        </main>
      </div>
      <Dialog.Root open={isMenuOpen} onOpenChange={setMenuOpen}>
        <Dialog.Portal>
          <Dialog.Overlay className="appear fixed inset-0 z-30 bg-overlay" />
          <Dialog.Content
            className="fixed inset-y-0 left-0 z-40 w-64 border-r border-line bg-surface p-3"
            aria-describedby={undefined}
          >
            <Dialog.Title className="px-2 pb-2 text-13 text-muted">
              {scope.org} / {scope.project}
            </Dialog.Title>
            <NavLinks onNavigate={() => setMenuOpen(false)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </div>
  );
}

/** The scope in the address, or the session's default one on pages that have none. */
export function useScopeNames(): { readonly org: string; readonly project: string } {
  const { org, project } = useParams({ strict: false });
  const { data } = useQuery(sessionQuery);
  return {
    org: org ?? data?.defaultScope.orgIdentifier ?? 'default',
    project: project ?? data?.defaultScope.projectIdentifier ?? '',
  };
}

function NavLinks({ onNavigate }: { readonly onNavigate?: () => void }): JSX.Element {
  const scope = useScopeNames();
  return (
    <ul className="m-0 grid list-none gap-px p-0">
      {PAGES.map(({ to, label, icon }) => (
        <li key={to}>
          <NavLink to={to} label={label} icon={icon} scope={scope} onNavigate={onNavigate} />
        </li>
      ))}
    </ul>
  );
}

function NavLink({
  to,
  label,
  icon: Icon,
  scope,
  onNavigate,
}: {
  readonly to: (typeof PAGES)[number]['to'];
  readonly label: string;
  readonly icon: LucideIcon;
  readonly scope: { readonly org: string; readonly project: string };
  readonly onNavigate: (() => void) | undefined;
}): JSX.Element {
  return (
    <Link
      to={to}
      params={scope}
      onClick={() => onNavigate?.()}
      className="flex h-8 items-center gap-2 rounded px-2 text-muted hover:bg-hover hover:text-text"
      activeProps={{ className: 'bg-selected text-text font-semibold', 'aria-current': 'page' }}
    >
      <Icon size={16} aria-hidden />
      {label}
    </Link>
  );
}

const ITEM = 'flex h-8 cursor-pointer items-center gap-2 rounded px-2 text-13 outline-none data-highlighted:bg-hover';
const MENU = 'appear z-50 min-w-44 rounded border border-line-strong bg-surface p-1';

const THEMES: readonly { readonly choice: ThemeChoice; readonly label: string; readonly icon: LucideIcon }[] = [
  { choice: 'system', label: 'As the system', icon: Monitor },
  { choice: 'light', label: 'Light', icon: Sun },
  { choice: 'dark', label: 'Dark', icon: Moon },
];

function ThemeMenu(): JSX.Element {
  const theme = useTheme();
  const Icon = THEMES.find(({ choice }) => choice === theme)?.icon ?? Monitor;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <IconButton label="Theme">
          <Icon size={16} aria-hidden />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={MENU}>
          {THEMES.map(({ choice, label, icon: ItemIcon }) => (
            <DropdownMenu.Item key={choice} className={ITEM} onSelect={() => chooseTheme(choice)}>
              <ItemIcon size={14} aria-hidden /> {label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function UserMenu(): JSX.Element {
  const { data } = useQuery(sessionQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    const continueAt = await signOut();
    client.clear();
    if (continueAt !== null) {
      window.location.assign(continueAt);
      return;
    }
    await navigate({ to: '/login' });
  };
  const name = data?.user.name ?? '';
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="ml-1 h-7 w-7 rounded-full border border-line-strong bg-raised text-12 font-semibold">
        {name.slice(0, 2).toUpperCase()}
        <span className="sr-only">: account of {name}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={MENU}>
          <DropdownMenu.Label className="px-2 py-1 text-13">
            <span className="block font-semibold">{name}</span>
            <span className="text-muted">{data?.user.email}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/account' })}>
            <UserRound size={14} aria-hidden /> Your account
          </DropdownMenu.Item>
          <DropdownMenu.Item className={ITEM} onSelect={() => void leave()}>
            <LogOut size={14} aria-hidden /> Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
