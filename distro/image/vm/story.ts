/** Runs named steps in order; after the first that fails the rest are skipped. Ends with `N passed, N failed, N skipped`. */

export type Step = readonly [title: string, work: () => Promise<string | void>];

/** What a step answers is shown behind its title: what was measured. Resolves with whether all went well. */
export async function tell(steps: readonly Step[], onFailure: () => Promise<void>): Promise<boolean> {
  let passed = 0;
  let failed = 0;
  for (const [title, work] of steps) {
    if (failed > 0) break;
    const began = Date.now();
    try {
      const measured = await work();
      passed += 1;
      say(`  ✓ ${title}  ${seconds(began)}${typeof measured === 'string' ? `  (${measured})` : ''}`);
    } catch (error) {
      failed += 1;
      say(
        `  ✗ ${title}  ${seconds(began)}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      await onFailure().catch((cause: unknown) => say(String(cause)));
    }
  }
  say(`${passed} passed, ${failed} failed, ${steps.length - passed - failed} skipped`);
  return failed === 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function seconds(began: number): string {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
