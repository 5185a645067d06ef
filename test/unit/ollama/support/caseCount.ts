/** Counts the cases of a suite that runs many in one test, and prints the number when it is done. */
export class CaseCount {
  #cases = 0;

  /** Call within the `describe` of the suite. */
  constructor(row: string) {
    after(() => void process.stdout.write(`    ${row}: ${this.#cases} cases\n`));
  }

  add(cases = 1): void {
    this.#cases += cases;
  }
}
