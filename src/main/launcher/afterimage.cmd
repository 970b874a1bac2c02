@echo off
rem Starts afterimage. Read from the environment:
rem   JAVA_HOME              the Java to use, 17 or newer; otherwise the java on the path
rem   AFTERIMAGE_HEAP        size of the Java heap, 1g by default (the model's memory comes on top)
rem   AFTERIMAGE_LOG_LEVEL   DEBUG, INFO, WARN, ERROR or OFF
rem   AFTERIMAGE_DEBUG       set to 1, errors show their stack traces
rem   JAVA_OPTS              more options for Java
setlocal
for %%I in ("%~dp0..") do set "APP_HOME=%%~fI"

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
set "VERSION="
for /f "tokens=3" %%V in ('call "%JAVA%" -version 2^>^&1 ^| findstr /c:" version "') do if not defined VERSION set "VERSION=%%~V"
for /f "delims=.-+" %%V in ("%VERSION%") do set "VERSION=%%V"
if not defined VERSION (
    echo afterimage: no Java found: install Java 17 or newer, or set JAVA_HOME 1>&2
    exit /b 1
)
if %VERSION% LSS 17 (
    echo afterimage: Java 17 or newer is needed, but this is version %VERSION% 1>&2
    exit /b 1
)

if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=1"
if not defined AFTERIMAGE_HEAP set "AFTERIMAGE_HEAP=1g"
set "DEBUG=false"
if "%AFTERIMAGE_DEBUG%"=="1" set "DEBUG=true"
set "NATIVES="
if %VERSION% GEQ 24 set "NATIVES=--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

"%JAVA%" -cp "%APP_HOME%\lib\*" -XX:+UseParallelGC "-Xmx%AFTERIMAGE_HEAP%" -Dai.djl.offline=true "-Dafterimage.debug=%DEBUG%" %JAVA_OPTS% %NATIVES% io.afterimage.cli.Main %*
exit /b %ERRORLEVEL%
