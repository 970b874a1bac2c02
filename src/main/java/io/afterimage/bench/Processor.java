package io.afterimage.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What this process uses of the machine. */
final class Processor {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Processor() {}

    /** Cores, system and Java, in words. */
    static String machine() {
        return "%d cores, %s %s, Java %s"
                .formatted(
                        cores(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.version().feature());
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Processor time this process has used, in nanoseconds. */
    static long cpuNanos() {
        return SYSTEM.getProcessCpuTime();
    }

    /** Time the just-in-time compiler has worked, in milliseconds; 0 where the JVM does not tell. */
    static long compilationMillis() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime()
                : 0;
    }

    /** The most memory this process ever had resident, in MiB; empty where the system does not tell. */
    static OptionalLong peakMiB() {
        return status("VmHWM:");
    }

    /** The memory this process has resident now, in MiB; empty where the system does not tell. */
    static OptionalLong residentMiB() {
        return status("VmRSS:");
    }

    private static OptionalLong status(String field) {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
