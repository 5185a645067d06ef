import type { AdoptionAnswers, AdoptionRegistration } from './adoptionOffer';

/**
 * Once the memory has been read: offers what another place of this workspace has. What looks for one is
 * a bundle of its own, read then.
 */
export function registerAdoption(deps: AdoptionRegistration): AdoptionAnswers {
  let offer: Promise<AdoptionAnswers> | undefined;
  const load = async (): Promise<AdoptionAnswers> => {
    const module = await import('./adoptionOffer');
    return module.offerAdoption(deps);
  };
  deps.conversations.onRestored(() => {
    offer = load();
    offer.catch((error: unknown) => deps.logger.warn(`Nothing is offered: ${String(error)}`));
  });
  return {
    adopt: async () => (await offer)?.adopt(),
    decline: async () => (await offer)?.decline(),
  };
}
