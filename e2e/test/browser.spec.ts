import { expect, test } from '@playwright/test';

// When this one fails, look at the browser before looking at Poplet.
test('the browser of these tests runs scripts', async ({ page }) => {
  await page.goto('data:text/html,<title>before</title><script>document.title="after"</script>');
  await expect(page).toHaveTitle('after');
});
