// node run-application.mjs <application>: calls what it exports, one JSON line in and one out for each.
import { createInterface } from 'node:readline';

const application = await import(`./applications/${process.argv[2]}.mjs`);
for await (const line of createInterface({ input: process.stdin })) {
  const { call, args } = JSON.parse(line);
  let said;
  try {
    said = { result: (await application[call](...args)) ?? null };
  } catch (error) {
    const { name, message, status, statusCode, code, $metadata, response, error: body } = error;
    const found = status ?? statusCode ?? $metadata?.httpStatusCode ?? response?.status;
    said = {
      failure: {
        name,
        message,
        code,
        status: found,
        body: response?.data ?? response?.body ?? body,
      },
    };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
