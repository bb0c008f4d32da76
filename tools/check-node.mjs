// Plain JavaScript on purpose: it must run on the wrong Node too, to say what is wrong. Without the install scripts of the
// dependency `node`, npm's scripts fall back to the Node of the host, which cannot run TypeScript.
const WANTED_MAJOR = '24';
const major = process.versions.node.split('.')[0];
if (major !== WANTED_MAJOR) {
  console.error(
    `This project runs on Node ${WANTED_MAJOR}, which "npm ci" brings along, but ${process.versions.node} is in use. Run "npm ci" with install scripts allowed.`,
  );
  process.exit(1);
}
