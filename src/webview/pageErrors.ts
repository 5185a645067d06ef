import type { FromWebview } from '../shared/protocol';

/** Tells the host of every error that nothing caught and of everything the page's policy refused. */
export function reportPageErrors(post: (message: FromWebview) => void): void {
  const report = (message: string, detail?: string): void =>
    post({
      type: 'pageError',
      message: message.slice(0, 4096),
      ...(detail !== undefined && { detail: detail.slice(0, 16_384) }),
    });
  window.addEventListener('error', ({ message, error }) => report(message, stackOf(error)));
  window.addEventListener('unhandledrejection', ({ reason }) =>
    report(String(reason), stackOf(reason)),
  );
  document.addEventListener('securitypolicyviolation', (event) =>
    report(
      `Content Security Policy: ${event.effectiveDirective} refused ${event.blockedURI}`,
      `${event.sourceFile}:${event.lineNumber} ${event.sample}`,
    ),
  );
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
