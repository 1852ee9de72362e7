import { getSystemErrorMap } from 'node:util';

/** Put the reason why a file operation failed into words, such as `no such file or directory`. */
export function fileReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}
