import { Dialog } from 'radix-ui';
import { useState, type JSX, type ReactNode } from 'react';
import { Button } from './controls.tsx';

/** A question before something that cannot be undone. A refusal of the server is shown in place. */
export function ConfirmDialog({
  isOpen,
  onOpenChange,
  title,
  confirm,
  onConfirm,
  children,
}: {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: string;
  readonly confirm: string;
  readonly onConfirm: () => Promise<void>;
  readonly children: ReactNode;
}): JSX.Element {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <ModalFrame isOpen={isOpen} onOpenChange={onOpenChange} title={title}>
      <Dialog.Description className="m-0 text-muted">{children}</Dialog.Description>
      {problem === undefined ? null : (
        <p role="alert" className="m-0 text-13 text-red-text">
          {problem}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Dialog.Close asChild>
          <Button>Keep it</Button>
        </Dialog.Close>
        <Button look="danger" disabled={isBusy} onClick={() => void run()}>
          {confirm}
        </Button>
      </div>
    </ModalFrame>
  );
}

export function ModalFrame({
  isOpen,
  onOpenChange,
  title,
  children,
}: {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: string;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="appear fixed inset-0 z-30 bg-overlay" />
        <Dialog.Content className="fixed top-1/2 left-1/2 z-40 grid max-h-[85dvh] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 gap-4 overflow-y-auto rounded border border-line-strong bg-surface p-5">
          <Dialog.Title className="text-16">{title}</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
