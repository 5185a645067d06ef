import type { Attachments, AttachmentsDependencies } from './attachments';

/** What reads and lists what is attached: a bundle of its own, read when somebody attaches something. */
export async function loadAttachments(deps: AttachmentsDependencies): Promise<Attachments> {
  const module = await import('./attachments');
  return new module.Attachments(deps);
}
