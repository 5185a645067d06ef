import type { Attachment } from '../shared/attachment';
import type { AttachSource, SuggestionView } from '../shared/protocol';

/** What the page can have attached. */
export interface AttachmentActions {
  /** Whether something was attached. */
  attach(source: AttachSource): Promise<boolean>;
  /** As the page says them: they are checked. A fragment such as `#L10-20` means these lines. */
  attachUris(uris: readonly string[]): Promise<void>;
  /** Shows exactly what is sent of it. */
  preview(attachment: Attachment): Promise<void>;
  /** Files and symbols of the workspace that fit `query`, the best first. Never rejects. */
  suggest(query: string): Promise<readonly SuggestionView[]>;
}
