import { useWindow } from './support/fixture';
import { inRepo } from '../support/paths';
import { mkdir } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
describe('scratch', () => {
  const shared = useWindow();
  it('profile', async () => {
    await shared.window.chat.open();
    await shared.window.chat.messageBox().waitFor();
    await mkdir(shared.window.host.userDataFolder + '/User/profiles/work', { recursive: true });
    await shared.window.page.evaluate(() => localStorage.setItem('userDataProfiles', JSON.stringify([{ location: 'work', name: 'Work' }])));
    const second = await shared.window.openSecond('Work');
    await second.chat.open();
    await new Promise((r) => setTimeout(r, 6000));
    await second.page.screenshot({ path: inRepo('artifacts', 'scratch.png') });
    process.stdout.write(execFileSync('sh', ['-c', `cd ${shared.window.host.userDataFolder}; find . -path '*cria.cria*' | head -50; ls User User/profiles/work`]).toString());
  });
});
