package io.afterimage.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the manifest of its jar. */
final class Version implements IVersionProvider {
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"afterimage " + current(), "Java ${java.version} (${java.vendor}) on ${os.name} ${os.arch}"
        };
    }
}
