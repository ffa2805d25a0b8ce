// The last line of a run: `N passed, N failed`, and what was skipped before it.
import type { FullResult, Reporter, TestCase } from "@playwright/test/reporter";

export default class Totals implements Reporter {
    private readonly outcomes = new Map<TestCase, string>();

    printsToStdio(): boolean { return false; }
    onTestEnd(test: TestCase): void { this.outcomes.set(test, test.outcome()); }

    onEnd(result: FullResult): void {
        const count = (...names: string[]): number => [...this.outcomes.values()].filter((o) => names.includes(o)).length;
        const failed = count("unexpected") || (result.status === "passed" ? 0 : 1);
        if (count("skipped")) console.log(`${count("skipped")} skipped`);
        console.log(`${count("expected", "flaky")} passed, ${failed} failed`);
    }
}
