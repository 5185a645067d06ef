import { texts } from '../texts/texts';
import type { CompletionSource } from './completion';
import type { HostQueries } from './hostQueries';

/** `#` and a name: a file or a symbol of the workspace, which is attached when it is chosen. */
export function references(queries: HostQueries, attach: (uri: string) => void): CompletionSource {
  return {
    trigger: '#',
    name: texts.completion.references,
    find: async (query) => {
      const found = await queries.ask('workspace', query);
      return found.map(({ label, detail, icon, uri }) => ({
        ...{ label, detail, icon },
        accept: () => {
          attach(uri);
          return label;
        },
      }));
    },
  };
}
