/** Marks the lines of the test run among all that an extension host prints. */
export const integrationLine = '[cria test] ';
